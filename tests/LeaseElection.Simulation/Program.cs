using LeaseElection.Simulation;

if (SimulationOptions.Parse(args) is not { } options)
{
    Console.Error.WriteLine(SimulationOptions.Usage);
    return 2;
}

if (options.Seeds == 1)
{
    var chronicle = new Chronicle();
    Violation? violation = options.OnlyPartitions
        ? FleetSeed.Play(options.First, chronicle).Violation
        : Seed.Play(options.First, chronicle).Violation;
    Console.WriteLine(chronicle);
    Console.WriteLine(violation is null ? "Violations: 0" : $"Violation: {violation}");
    return violation is null ? 0 : 1;
}

int failures = 0;
if (!options.OnlyPartitions)
{
    Campaign campaign = Campaign.Run(options.First, options.Seeds);
    CampaignReport.Write(Console.Out, campaign);
    failures += campaign.Violations.Count;
    if (options.ProvesItself)
    {
        Console.WriteLine();
        failures += MutantReport.Write(Console.Out, "the library", MutantCatalog.All, typeof(Seed));
        Console.WriteLine();
        failures += MutantReport.Write(Console.Out, "notes", NoteMutants.All, typeof(Seed));
        Console.WriteLine();
        failures += MutantReport.Write(Console.Out, "the proof of death", DeathMutants.All, typeof(Seed));
        Console.WriteLine();
        failures += MutantReport.Write(Console.Out, "the guard of take-overs", TakeOverMutants.All, typeof(Seed));
        Console.WriteLine();
        failures += ClientGoReport.Write(Console.Out);
    }

    Console.WriteLine();
}

failures += FleetCampaign.Run(options.First, options.OnlyPartitions ? options.Seeds : Math.Max(options.Seeds / 10, 1), Console.Out);
if (options.ProvesItself)
{
    Console.WriteLine();
    failures += MutantReport.Write(Console.Out, "plan and keeper", FleetMutants.All, typeof(FleetSeed));
}

return failures == 0 ? 0 : 1;
