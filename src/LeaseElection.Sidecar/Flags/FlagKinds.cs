namespace LeaseElection.Sidecar.Flags;

/// <summary>The kinds of values that flags have.</summary>
internal static class FlagKinds
{
    public static Flag Name(
        string name, string placeholder, string help, string rule, Func<string, bool> isValid, Action<SidecarOptions, string> set) =>
        new(name, placeholder, help, rule, (options, text) =>
        {
            bool valid = isValid(text);
            if (valid)
                set(options, text);
            return valid;
        });

    public static Flag Text(string name, string placeholder, string help, Action<SidecarOptions, string> set) =>
        Name(name, placeholder, help, "not empty", text => text.Length > 0, set);

    public static Flag Duration(string name, string help, Action<SidecarOptions, TimeSpan> set) =>
        new(name, "DURATION", help, "a duration with its unit, for example 10s or 1m30s", (options, text) =>
        {
            bool valid = GoDuration.TryParse(text, out TimeSpan value);
            if (valid)
                set(options, value);
            return valid;
        });

    public static Flag Switch(string name, string help, Action<SidecarOptions, bool> set) =>
        new(name, "", help, "true or false", (options, text) =>
        {
            // What Go's strconv.ParseBool takes.
            bool? value = text switch
            {
                "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
                "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
                _ => null,
            };
            if (value is { } known)
                set(options, known);
            return value is not null;
        });
}
