import { RunFailure } from '../failure.js';

/** Node decodes what is not UTF-8 to this character and cannot give the bytes back. */
const REPLACEMENT = '\uFFFD';

/** @throws RunFailure `argument_not_utf8`: the child would get other bytes than were typed and shown */
export function assertArgumentsUtf8(argv: readonly string[]): void {
  const index = argv.findIndex((argument) => argument.includes(REPLACEMENT));
  if (index !== -1) {
    throw new RunFailure('argument_not_utf8', `argument ${index} is not UTF-8, so it cannot be passed on unchanged`, {
      fix: 'put the command into a script, and run the script',
    });
  }
}

/** @throws RunFailure `environment_not_utf8` */
export function assertEnvironmentUtf8(environment: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (name.includes(REPLACEMENT) || value.includes(REPLACEMENT)) {
      throw new RunFailure('environment_not_utf8', `environment variable ${JSON.stringify(name)} is not UTF-8`, {
        fix: `unset it, for example: env -u NAME airlock run -- …`,
      });
    }
  }
}
