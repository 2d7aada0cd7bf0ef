using System.Globalization;
using System.Text.Json;
using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Hosting.Kubernetes.Announcing;

/// <summary>
/// Makes Events of the core API group, as client-go does: kubectl shows them whichever group they were written to, and a Role needs but
/// one rule. They carry all the same what <c>events.k8s.io/v1</c> demands, because the server checks it as soon as there is an
/// <c>eventTime</c>, which tells the order within a second.
/// </summary>
internal static class LeaseEventBodies
{
    private const string Controller = "leaseelection.dev/hosting";
    private const int LongestName = 253;
    private const int LongestInstance = 128;
    private const int LongestMessage = 1024;

    public static string NameOf(LeaseEventNote note, string leaseName)
    {
        // As client-go's: the object and an instant. The random part is for two that fall together.
        string end = string.Create(CultureInfo.InvariantCulture, $".{note.At.UtcTicks:x}{Random.Shared.Next(0x10000):x4}");
        return Limit(leaseName, LongestName - end.Length).TrimEnd('.', '-') + end;
    }

    public static byte[] Body(LeaseEventNote note, string name, ElectionIdentityCard card)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("apiVersion", "v1");
            json.WriteString("kind", "Event");
            json.WriteStartObject("metadata");
            json.WriteString("name", name);
            json.WriteString("namespace", card.LeaseNamespace);
            json.WriteEndObject();
            WriteLease(json, note, card);
            json.WriteString("type", "Normal");
            json.WriteString("reason", "LeaderElection");
            json.WriteString("action", note.Action);
            json.WriteString("message", Limit(note.Message, LongestMessage));
            json.WriteStartObject("source");
            json.WriteString("component", Controller);
            json.WriteEndObject();
            json.WriteString("reportingComponent", Controller);
            json.WriteString("reportingInstance", Limit(card.Identity, LongestInstance));
            json.WriteString("firstTimestamp", Time(note.At, ""));
            json.WriteString("lastTimestamp", Time(note.At, ""));
            json.WriteString("eventTime", Time(note.At, ".ffffff"));
            json.WriteNumber("count", 1);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteLease(Utf8JsonWriter json, LeaseEventNote note, ElectionIdentityCard card)
    {
        json.WriteStartObject("involvedObject");
        json.WriteString("apiVersion", "coordination.k8s.io/v1");
        json.WriteString("kind", "Lease");
        json.WriteString("namespace", card.LeaseNamespace);
        json.WriteString("name", card.LeaseName);
        if (note.Uid is { } uid)
            json.WriteString("uid", uid);
        if (note.ResourceVersion is { } version)
            json.WriteString("resourceVersion", version);
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset at, string fraction) =>
        at.UtcDateTime.ToString($"yyyy-MM-dd'T'HH:mm:ss{fraction}'Z'", CultureInfo.InvariantCulture);

    /// <summary>The server counts bytes, and half a character is none.</summary>
    private static string Limit(string text, int longest)
    {
        int bytes = 0;
        int length = 0;
        foreach (System.Text.Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > longest)
                break;
            length += rune.Utf16SequenceLength;
        }

        return text[..length];
    }
}
