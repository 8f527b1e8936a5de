import jwt from 'jsonwebtoken';

export async function issue(id: string) {
  const user = await prisma.user.findUnique({ where: { id }, select: { id: true, role: true } });
  return jwt.sign({ user }, key, { expiresIn: '5m' });
}
