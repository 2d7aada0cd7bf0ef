using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace LeaseElection.Hosting.Kubernetes.Credentials;

/// <summary>Whom requests act as, whoever has logged in: the headers that say so to an API server.</summary>
internal sealed class Impersonation
{
    private const string Prefix = "Impersonate-";
    private const string TokenMarks = "!#$&'*+-.^_`|~";

    private readonly List<KeyValuePair<string, string>> _headers = [];

    /// <param name="user">The name of a user; <c>system:serviceaccount:NAMESPACE:NAME</c> for a service account.</param>
    /// <param name="uid">What else the server takes for a user's id.</param>
    /// <param name="groups">All groups he shall be in.</param>
    /// <param name="extra">Values by their keys, for authorizers that know them.</param>
    /// <exception cref="FormatException">A value cannot stand in a header.</exception>
    public Impersonation(string user, string? uid, IReadOnlyList<string> groups, IReadOnlyDictionary<string, IReadOnlyList<string>> extra)
    {
        Add("User", [user]);
        Add("Uid", uid is null ? [] : [uid]);
        Add("Group", groups);
        foreach ((string key, IReadOnlyList<string> values) in extra)
            Add($"Extra-{Escape(key)}", values);
    }

    /// <summary>Of a request's headers those that say whom it acts as need an encoding: names may have any characters.</summary>
    public static Encoding? EncodingOf(string header) =>
        header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? new RepeatedHeaderEncoding(header) : null;

    /// <summary>By what it says: elections that reach the API server in the same way share one connection.</summary>
    public override bool Equals(object? obj) => obj is Impersonation other && _headers.SequenceEqual(other._headers);

    public override int GetHashCode() => HashCode.Combine(_headers[0].Value, _headers.Count);

    public void AddTo(HttpRequestHeaders headers)
    {
        foreach ((string name, string value) in _headers)
            headers.TryAddWithoutValidation(name, value);
    }

    private void Add(string header, IReadOnlyList<string> values)
    {
        if (values.Any(value => value.Any(char.IsControl)))
            throw new FormatException("it must not have line breaks or other control characters.");
        if (values.Count > 0)
            _headers.Add(new(Prefix + header, string.Join(RepeatedHeaderEncoding.Separator, values)));
    }

    /// <summary>What cannot stand in a header's name goes by its bytes: <c>%2F</c>.</summary>
    private static string Escape(string key)
    {
        var escaped = new StringBuilder();
        foreach (byte b in Encoding.UTF8.GetBytes(key))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || TokenMarks.Contains((char)b, StringComparison.Ordinal))
                escaped.Append((char)b);
            else
                escaped.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }
        return escaped.ToString();
    }
}
