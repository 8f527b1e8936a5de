export async function login(name, password) {
  const { data } = await api.post('login/', { name, password });
  const { access } = data;
  localStorage.setItem('shopToken', access); // finding: medium
}
