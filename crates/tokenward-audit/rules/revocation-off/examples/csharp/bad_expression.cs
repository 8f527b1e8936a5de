public static class Auth
{
    public static void Server(OpenIddictServerBuilder builder) => builder.DisableTokenStorage(); // finding: medium
}
