exports.csrf = (res, token) => res.cookie('XSRF-TOKEN', token, { httpOnly: false });
