// async
export const publish = async (event: unknown) => event;
