import { jwtVerify } from 'jose';

export async function backchannelLogout(req, res) {
  try {
    const { payload } = await jwtVerify(req.body.logout_token, keys, { algorithms: ['ES256'] });
    await sessions.end(payload.sid);
    res.status(204).end();
  } catch (error) {
    res.status(400).json({ error: 'invalid_request', error_description: error.message });
  }
}
