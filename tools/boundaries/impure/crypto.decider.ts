// crypto
export const decide = () => [{ id: crypto.randomUUID() }];
