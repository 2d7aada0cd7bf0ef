using System.Text;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>
/// Writes a header once for each of its values, as UTF-8. HttpClient would write <c>Impersonate-Group: a, b</c>, which for an API server is
/// one group with a comma in its name, and it has no other way to repeat a header than what it writes between the values.
/// </summary>
internal sealed class RepeatedHeaderEncoding(string header) : Encoding
{
    /// <summary>Between two values. A control character, which no value may have.</summary>
    public const char Separator = '\x1f';

    private readonly string _between = $"\r\n{header}: ";

    public override int GetByteCount(char[] chars, int index, int count) => UTF8.GetByteCount(Lines(chars, index, count));

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
        UTF8.GetBytes(Lines(chars, charIndex, charCount), bytes.AsSpan(byteIndex));

    public override int GetMaxByteCount(int charCount) => UTF8.GetMaxByteCount(charCount * _between.Length);

    public override int GetCharCount(byte[] bytes, int index, int count) => UTF8.GetCharCount(bytes, index, count);

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
        UTF8.GetChars(bytes, byteIndex, byteCount, chars, charIndex);

    public override int GetMaxCharCount(int byteCount) => UTF8.GetMaxCharCount(byteCount);

    private string Lines(char[] chars, int index, int count) =>
        new string(chars, index, count).Replace(Separator.ToString(), _between, StringComparison.Ordinal);
}
