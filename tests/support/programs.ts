/** Installed programs: searched in PATH and in the folders of system programs, which are not in a normal user's PATH. */
export const PROGRAM_PATH = [process.env.PATH ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin"].join(":");

const find = (name: string): string | null => Bun.which(name, { PATH: PROGRAM_PATH });

/** The path of a program; its name if not found. */
export const program = (name: string): string => find(name) ?? name;

export const isInstalled = (name: string): boolean => find(name) !== null;

/** Why tests that need a Debian package are skipped, if they are: it lacks one of these programs. */
export const notInstalled = (debian: string, ...names: string[]): string | undefined =>
  names.every(isInstalled) ? undefined : `${names[0]} is not installed: apt-get install ${debian}`;
