export async function POST(request: Request) {
  const accessToken = await issue(await request.json());
  return new Response(null, {
    status: 204,
    headers: { 'Set-Cookie': 'access_token=' + accessToken + '; Path=/; HttpOnly' }, // finding: medium
  });
}
