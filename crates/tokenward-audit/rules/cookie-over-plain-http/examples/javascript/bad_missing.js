exports.login = (res, token) => res.cookie('token', token, { httpOnly: true }); // finding: medium
