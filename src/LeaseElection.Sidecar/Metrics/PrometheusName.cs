using System.Diagnostics.Metrics;

namespace LeaseElection.Sidecar.Metrics;

/// <summary>Names as the rules of OpenTelemetry for Prometheus make them, so that dashboards fit apps that export by it.</summary>
internal static class PrometheusName
{
    public static string Of(Instrument instrument, string type)
    {
        string name = OfLabel(instrument.Name) + (instrument.Unit switch
        {
            "s" => "_seconds",
            null or "" or ['{', .., '}'] => "", // An annotation, and no unit.
            _ => "_" + OfLabel(instrument.Unit),
        });
        return type == "counter" ? name + "_total" : name;
    }

    public static string OfLabel(string key) =>
        string.Concat(key.Select(character => char.IsAsciiLetterOrDigit(character) ? character : '_'));
}
