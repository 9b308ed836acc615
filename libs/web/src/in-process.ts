/** Transport id of questions between services of one process, for `@MessagePattern('service.question', IN_PROCESS)`. */
export const IN_PROCESS = Symbol('in-process') as unknown as number;
