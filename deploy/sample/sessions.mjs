// Sessions in memory, oldest out first: this is a sample.
import { randomBytes } from 'node:crypto';

const cookieName = 'garden_session';
const most = 1000;
const attributes = 'HttpOnly; SameSite=Lax; Path=/';

/** Sessions by a random cookie; `start` and `end` answer with the cookie to set. */
export function sessionStore() {
  const sessions = new Map();
  return {
    of: (request) => {
      const id = new RegExp(`(?:^|; )${cookieName}=([\\w-]+)`).exec(request.headers.cookie ?? '')?.[1];
      return id && sessions.has(id) ? { id, ...sessions.get(id) } : undefined;
    },
    /** A new id each time: what somebody knew before the sign-in is worth nothing after it. */
    start: (content, oldId) => {
      if (oldId) sessions.delete(oldId);
      const id = randomBytes(24).toString('base64url');
      sessions.set(id, content);
      if (sessions.size > most) sessions.delete(sessions.keys().next().value);
      return `${cookieName}=${id}; ${attributes}`;
    },
    update: (id, content) => sessions.set(id, content),
    end: (id) => {
      sessions.delete(id);
      return `${cookieName}=; ${attributes}; Max-Age=0`;
    },
  };
}
