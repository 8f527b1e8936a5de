exports.admin = (req, res, next) => {
  const name = req.query.file;
  const meta = JSON.parse(atob(name.split('.')[1]));
  if (meta.role !== 'admin') return res.sendStatus(403);
  next();
};
