/** The programs of others: found in PATH and in the folders of system programs, which the PATH of a plain user does not have. */
export const PROGRAM_PATH = [process.env.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(":");

const find = (name: string): string | null => Bun.which(name, { PATH: PROGRAM_PATH });

/** The path of a program; its name, where it is not there. */
export const program = (name: string): string => find(name) ?? name;

export const isInstalled = (name: string): boolean => find(name) !== null;

/** Why the tests with a Debian package are not run, if they are not: it lacks one of these programs. */
export const notInstalled = (debian: string, ...names: string[]): string | undefined =>
  names.every(isInstalled) ? undefined : `${names[0]} is not installed: apt-get install ${debian}`;
