using System.Globalization;
using System.Text.RegularExpressions;

namespace LeaseElection.Testing.ApiServer;

/// <summary>Reads the API server's own count of requests, which no client can get wrong.</summary>
internal static partial class LeaseRequests
{
    /// <summary>Requests on Leases per verb (<c>GET</c>, <c>POST</c>, <c>PUT</c>, …), from the text of <c>/metrics</c>.</summary>
    public static IReadOnlyDictionary<string, double> Count(string metrics) =>
        Samples().Matches(metrics)
            .GroupBy(sample => Verb().Match(sample.Value).Groups["verb"].Value)
            .ToDictionary(
                samples => samples.Key,
                samples => samples.Sum(sample => double.Parse(sample.Groups["count"].Value, CultureInfo.InvariantCulture)));

    /// <summary>Requests on anything that were answered 403.</summary>
    public static double CountRefused(string metrics) =>
        Refusals().Matches(metrics).Sum(sample => double.Parse(sample.Groups["count"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex("""^apiserver_request_total\{[^\n]*[{,]code="403"[^\n]*\} (?<count>\S+)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refusals();

    [GeneratedRegex("""^apiserver_request_total\{[^\n]*[{,]resource="leases"[^\n]*\} (?<count>\S+)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Samples();

    [GeneratedRegex("""[{,]verb="(?<verb>[^"]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Verb();
}
