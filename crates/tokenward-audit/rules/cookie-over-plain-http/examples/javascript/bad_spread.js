const base = { httpOnly: true };

exports.login = (res, token) => res.cookie('jwt', token, { ...base, maxAge: 300000 }); // finding: medium
