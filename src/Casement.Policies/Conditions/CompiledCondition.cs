namespace Casement.Policies;

/// <summary>One key under one operator.</summary>
internal sealed class CompiledCondition
{
    private readonly ConditionOperator op;
    private readonly int hash;
    private readonly WantedValue[] wanted;
    private readonly bool wantsAbsent;

    public CompiledCondition(PolicyCondition source, bool variables)
    {
        op = ConditionOperator.Parse(source.Operator);
        Source = source;
        hash = ConditionContext.Hash(source.Key);
        wanted = [.. source.Values.Select(v => WantedValue.Read(op.Comparison, v, variables))];
        wantsAbsent = source.Values.Any(v => v.Equals("true", StringComparison.OrdinalIgnoreCase));
    }

    public PolicyCondition Source { get; }

    public bool Holds(ConditionContext context)
    {
        var isPresent = context.TryFind(Source.Key, hash, out var entry);
        if (op.Comparison == Comparison.Null)
        {
            return HoldsForPresence(isPresent);
        }

        if (!isPresent)
        {
            return op.IfExists || op.Set == SetTest.All || (op.Set == SetTest.Single && op.IsNegated);
        }

        if (entry.Many is not { } many)
        {
            return Passes(entry.One, context);
        }

        return op.Set switch
        {
            // a list is compared by ForAllValues and ForAnyValue only
            SetTest.Single => false,
            SetTest.All => AllPass(many, context),
            SetTest.Any => AnyPasses(many, context),
        };
    }

    public FailedCondition AsFailed(ConditionContext context) => new(
        Source.Operator, Source.Key, Source.Values,
        context.TryFind(Source.Key, hash, out var entry) ? entry.Values : []);

    private bool HoldsForPresence(bool isPresent) =>
        isPresent ? wanted.Any(w => w is WantedValue.Flag { Value: false }) : wantsAbsent;

    private bool AllPass(IReadOnlyList<string> many, ConditionContext context)
    {
        for (var i = 0; i < many.Count; i++)
        {
            if (!Passes(many[i], context))
            {
                return false;
            }
        }

        return true;
    }

    private bool AnyPasses(IReadOnlyList<string> many, ConditionContext context)
    {
        for (var i = 0; i < many.Count; i++)
        {
            if (Passes(many[i], context))
            {
                return true;
            }
        }

        return false;
    }

    private bool Passes(string actual, ConditionContext context)
    {
        foreach (var value in wanted)
        {
            var met = value.IsMetBy(actual, context);
            if (op.IsNegated ? met != false : met == true)
            {
                // a number or date that cannot be read fails its condition, a negated one too
                return !op.IsNegated;
            }
        }

        return op.IsNegated;
    }
}
