using System.Globalization;

namespace LeaseElection.Simulation;

/// <summary>What to run, as the command line says.</summary>
internal sealed record SimulationOptions
{
    public const string Usage = """
        Usage: simulation --seeds N [--seed S] [--partitions] [--no-mutants]

          --seeds N      how many worlds to play, one a seed; with 1, its timeline is printed
          --seed S       the first seed (default 1)
          --partitions   fleets that share partitions out, and nothing else; without it one of ten worlds is such a fleet
          --no-mutants   do not prove the oracle afterwards by mutants of the library and by a model of client-go
        """;

    public int Seeds { get; private init; }

    public int First { get; private init; } = 1;

    public bool OnlyPartitions { get; private init; }

    public bool ProvesItself { get; private init; } = true;

    /// <summary>Returns <see langword="null"/> for arguments that mean nothing.</summary>
    public static SimulationOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new SimulationOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            int number = 0;
            bool hasNumber = i + 1 < arguments.Count
                && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
            switch (arguments[i])
            {
                case "--seeds" when hasNumber:
                    options = options with { Seeds = number };
                    i++;
                    break;
                case "--seed" when hasNumber:
                    options = options with { First = number };
                    i++;
                    break;
                case "--partitions":
                    options = options with { OnlyPartitions = true };
                    break;
                case "--no-mutants":
                    options = options with { ProvesItself = false };
                    break;
                default:
                    return null;
            }
        }

        return options.Seeds > 0 ? options : null;
    }
}
