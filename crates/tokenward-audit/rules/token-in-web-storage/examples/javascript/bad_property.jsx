export function Login({ onDone }) {
  const submit = async (form) => {
    const { token } = await post('/login', form);
    sessionStorage.token = token; // finding: medium
    onDone();
  };
  return <Form onSubmit={submit} />;
}
