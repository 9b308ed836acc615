/** Whether an address is one of the APIs', with a route behind it or not: there failures are problems, and nothing lies in a cache. */
export const isApiAddress = (url: string): boolean => url.startsWith('/api/');
