import { jwtDecode } from 'jwt-decode';
import React from 'react';

export function AdminPage({ token }: { token: string }) {
  const claims = jwtDecode<Claims>(token); // finding: uncertain
  if (claims.role !== 'admin') return null;
  return <Secrets />;
}
