// What can be said of a password while it is typed. The service has the last
// word: it also knows common passwords and those that the person had.

export const SHORTEST = 10;

export interface Rules {
  long: boolean;
  nameless: boolean;
  same: boolean;
}

/** Which rules a new password keeps; `again` is what was typed the second time. */
export function keeps(password: string, again: string, name: string): Rules {
  const written = [...name].length > 2 && password.toLowerCase().includes(name.toLowerCase());
  return {
    long: [...password].length >= SHORTEST,
    nameless: password !== '' && !written && password !== name,
    same: password !== '' && password === again,
  };
}
