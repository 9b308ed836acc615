// Math.random
export const rows = () => [{ id: Math.random() }];
