/** The two logs beside the file of a store (batch-log.ts), which take turns. */
export const logOf = (file: string, generation: number): string => `${file}-log${generation % 2}`;
export const logsOf = (file: string): readonly string[] => [logOf(file, 0), logOf(file, 1)];
