const certificate = { serial: '01', isRevoked: false };
list.push(certificate);
