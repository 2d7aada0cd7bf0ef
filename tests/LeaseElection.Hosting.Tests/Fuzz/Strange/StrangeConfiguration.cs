using System.Text;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Tests.Fuzz.Strange;

/// <summary>
/// Sections of a configuration, as pairs that any provider may have made: right ones, keys that are unknown, in another case or too deep,
/// values of other types, arrays where a value belongs, and paths that no file can have.
/// </summary>
internal static class StrangeConfiguration
{
    private static readonly string[] Keys = [.. LeaderElectionSetting.All.Select(setting => setting.Key)];

    public static Dictionary<string, string?> Any(Random random, string section, string folder)
    {
        var pairs = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            [section + ":LeaseName"] = "settlement",
            [section + ":Store"] = "File",
            [section + ":File:Directory"] = folder,
        };
        for (int changes = random.Next(5); changes > 0; changes--)
        {
            string key = Key(random);
            pairs[$"{section}:{key}"] = Value(random, key, folder);
        }
        return pairs;
    }

    private static string Key(Random random)
    {
        string key = random.Of(Keys);
        return random.Next(16) switch
        {
            0 => key.ToUpperInvariant(),
            1 => key + ":" + random.Of("0", "1", "Value", ""),
            2 => key[..random.Next(1, key.Length)],
            3 => StrangeText.Any(random),
            4 => random.Of("Kubernetes", "File", "", ":", "reports", "Kubernetes:Context:Name"),
            _ => key,
        };
    }

    private static string? Value(Random random, string key, string folder) => random.Next(10) switch
    {
        0 => null,
        1 => StrangeText.Any(random),
        2 => StrangeNumber.Any(random),
        3 => "",
        _ => Fitting(random, key, folder),
    };

    /// <summary>Of the right type, and mostly beside the rule.</summary>
    private static string Fitting(Random random, string key, string folder)
    {
        if (key.EndsWith("File", StringComparison.Ordinal) || key is "File:Directory" or "Kubernetes:KubeConfig")
            return random.Of(
                folder, folder + "/a", folder + "\0", "\0", "relative", "relative\0", "~", "/dev/null",
                folder + "/" + new string('a', 5000), "C:\\x");
        if (key is "Kubernetes:ApiServer")
            return random.Of(
                "https://127.0.0.1:1", "http://x", "https://", "https://[::1", "https://a:99999", "https://u:p@x", "https://x?y", "//x",
                "https://ä", "https://\0");
        if (key is "Store" or "WhenWorkEnds" or "WhenWorkOverruns")
            return random.Of(
                "File", "Kubernetes", "Auto", "0", "1", "99", "-1", "File, Auto", "file", " File ", "Restart", "StopHost", "FailFast",
                "Log");
        if (key is "Enabled" or "ReleaseOnStop" or "TakeOverBackoff")
            return random.Of("true", "False", "1", "yes", " true ", "true\0");
        if (key is "LeaseName" or "LeaseNamespace" or "Identity" or "Kubernetes:Context")
            return random.Of(
                "a", "A", "a.b", "a..b", "-a", "a-", new string('a', 63), new string('a', 64), new string('a', 254), " ", "a\ud800",
                "\ud83d", "é");
        return random.Of(
            "00:00:15", "00:00:10", "00:00:01", "00:00:00", "-00:00:15", "15", "15.00:00:00", "10675199.02:48:05.4775807",
            "-10675199.02:48:05.4775808",
            "10675200.00:00:00", "00:00:15.5", "00:00:00.0000001", "24:00:00", "00:60:00", "00:00:15,5", "1:0:0", "P15S", "15s", "00:15",
            " 00:00:20 ",
            "NaN", "Infinity", "∞", "٠٠:٠٠:١٥");
    }

    /// <summary>The pairs as JSON where JSON can say them: nested objects, and arrays for numbered keys.</summary>
    public static string Json(IEnumerable<KeyValuePair<string, string?>> pairs) =>
        "{" + string.Join(
            ",",
            pairs.Select(pair => $"{StrangeJson.Quoted(pair.Key)}:{(pair.Value is null ? "null" : StrangeJson.Quoted(pair.Value))}")) + "}";

    /// <summary>Names of elections.</summary>
    public static string Name(Random random) => random.Next(4) switch
    {
        0 => StrangeText.Any(random),
        1 => random.Of("Store", "file", "KUBERNETES", "a:b", "a__b", " a", "LeaseName"),
        _ => random.Of("reports", "Reports", "billing", "a b", "é", new StringBuilder().Insert(0, "x", 1000).ToString()),
    };
}
