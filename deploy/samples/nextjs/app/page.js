import { getServerSession } from 'next-auth';
import { options } from '../options';

export default async function Page() {
  const session = await getServerSession(options);
  if (!session) return <a href="/api/auth/signin">Sign in</a>;
  return (
    <>
      <p>Hello {session.user.email}.</p>
      <pre>{JSON.stringify(session.user)}</pre>
      <a href="/api/auth/signout">Sign out</a>
    </>
  );
}
