// Promise
export const decide = () => Promise.resolve([]);
