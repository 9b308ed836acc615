export declare const tied: (command: string, args?: readonly string[]) => [string, string[]];
export declare function endWithParent(): Promise<void>;
