/** Says what the start is doing as soon as a step takes longer than two seconds. */
export async function step<T>(title: string, work: () => Promise<T>, say: (line: string) => void = console.log): Promise<T> {
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  let said = false;
  const first = setTimeout(() => {
    said = true;
    say(`  ${title} …`);
  }, 2000);
  const again = setInterval(() => say(`  ${title} … ${seconds()}`), 10_000);
  try {
    return await work();
  } finally {
    clearTimeout(first);
    clearInterval(again);
    if (said) say(`  ${title}: ${seconds()}`);
  }
}
