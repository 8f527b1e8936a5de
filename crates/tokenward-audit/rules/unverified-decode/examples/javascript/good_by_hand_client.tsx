import React from 'react';

export function Badge({ accessToken }: { accessToken: string }) {
  const claims = JSON.parse(atob(accessToken.split('.')[1]));
  return <span>{claims.name}</span>;
}
