const jwt = require('jsonwebtoken');
const express = require('express');

exports.headerOf = (token) => {
  const decoded = jwt.decode(token, { complete: true });
  if (!decoded) throw new Error('no token');
  return decoded.header;
};
