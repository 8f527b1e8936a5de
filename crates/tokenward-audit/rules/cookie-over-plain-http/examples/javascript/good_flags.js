exports.login = (res, token) => res.cookie('token', token, { httpOnly: true, secure: true });
