public class AuthModule
{
    public void Configure(OpenIddictServerBuilder builder)
    {
        builder.DisableTokenStorage(); // finding: medium
    }
}
