// Date.now
export const decide = () => [{ at: Date.now() }];
