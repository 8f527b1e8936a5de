import jwt from 'jsonwebtoken';

export async function issue(id: string) {
  const account = await prisma.account.findUnique({ where: { id } });
  return jwt.sign({ sub: id, data: account }, key, { expiresIn: '5m' }); // finding: medium
}
