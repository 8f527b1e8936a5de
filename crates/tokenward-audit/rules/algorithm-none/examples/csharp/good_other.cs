public class Files
{
    public void Write(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None);
        // RequireSignedTokens = false
        JwtSettings.Log("none");
    }
}
