using LeaseElection.Hosting.Configuration;

namespace LeaseElection.Sidecar.Flags;

/// <summary>
/// Reads flags as Go's pflag does, by which the old image did: <c>--flag value</c> and <c>--flag=value</c>, the last one counts, and
/// <c>--</c> ends them. Variables first, so that flags win.
/// </summary>
internal static class FlagParser
{
    private const string SeeHelp = "See leader-elector --help.";

    /// <exception cref="SidecarException">Something is wrong; the message is one line that says what to do.</exception>
    public static SidecarOptions Parse(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var options = new SidecarOptions();
        foreach (Flag flag in FlagList.All)
        {
            if (flag.HasVariable && variable(flag.Variable) is { Length: > 0 } text)
                Set(flag, options, text, flag.Variable);
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                options.Command = [.. arguments.Skip(i + 1)];
                if (options.Command.Count == 0)
                    throw Wrong("-- is followed by no command: write it there, or leave -- out.");
                break;
            }

            (string name, string? value) = Split(argument);
            Flag flag = Find(name);
            if (value is null && !flag.IsSwitch)
            {
                value = ++i < arguments.Count
                    ? arguments[i]
                    : throw Wrong($"{flag} has no value: write {flag}={flag.Placeholder}.");
            }

            Set(flag, options, value ?? "true", flag.ToString());
        }

        if (!options.Help && !options.Version)
            FlagRules.Check(options);
        return options;
    }

    public static SidecarException Wrong(string message) => new(ExitCodes.Usage, message);

    private static (string Name, string? Value) Split(string argument)
    {
        if (argument == "-h")
            return ("help", null);
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            string mended = FlagList.All.Any(flag => argument.Split('=')[0] == "-" + flag.Name)
                ? $"write -{argument}"
                : SeeHelp.TrimEnd('.');
            throw Wrong(argument.StartsWith('-')
                ? $"unknown flag {argument}: flags have two dashes; {mended}."
                : $"what is \"{argument}\"? A command comes after --: leader-elector --election=NAME -- {argument}");
        }

        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument[2..], null) : (argument[2..equals], argument[(equals + 1)..]);
    }

    private static Flag Find(string name)
    {
        if (FlagList.All.FirstOrDefault(flag => flag.Name == name) is { } found)
            return found;
        string? nearest = NearestName.Of(name, [.. FlagList.All.Select(flag => flag.Name)]);
        throw Wrong($"unknown flag --{name}{(nearest is null ? "." : $": did you mean --{nearest}?")} {SeeHelp}");
    }

    private static void Set(Flag flag, SidecarOptions options, string text, string source)
    {
        if (!flag.TrySet(options, text))
            throw Wrong($"{source} is \"{text}\", but must be {flag.Rule}.");
    }
}
