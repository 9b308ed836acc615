// await
export const rows = [await 1];
