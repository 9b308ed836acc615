// new Date()
export const isOver = (until: string) => new Date() > new Date(until);
