// performance
export const slow = (since: number) => performance.now() - since > 1;
