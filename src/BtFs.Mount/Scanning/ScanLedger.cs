using BtFs.Fuse;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BtFs.Mount.Scanning;

/// <summary>Which programs scan a mount, and what each of them has had. One for a mount; safe from any thread.</summary>
public sealed class ScanLedger
{
    /// <summary>How far up it is looked for a scanner that has another program read for it: <c>recollindex</c>, a script, <c>pdftotext</c>.</summary>
    private const int Generations = 3;

    private readonly ProgramNames _allowed;
    private readonly ProgramNames _denied;
    private readonly ScanLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, ScannerAccount> _accounts = new(StringComparer.Ordinal);

    /// <param name="rules">What the user has said.</param>
    /// <param name="time">Measures the time in which so much may be fetched.</param>
    /// <param name="logs">Hears once of each program; null for nobody.</param>
    public ScanLedger(ProgramRules rules, TimeProvider time, ILoggerFactory? logs = null)
        : this(rules, new ScanLimits(), time, logs)
    {
    }

    internal ScanLedger(ProgramRules rules, ScanLimits limits, TimeProvider time, ILoggerFactory? logs = null)
    {
        _allowed = new ProgramNames(rules.Allowed);
        _denied = new ProgramNames(rules.Denied);
        _limits = limits;
        _time = time;
        _log = logs?.CreateLogger<ScanLedger>() ?? (ILogger)NullLogger.Instance;
    }

    /// <summary>Every program that has come so far and is a scanner or named by the user, ordered by name.</summary>
    public IReadOnlyList<ScannerReport> Programs
    {
        get
        {
            lock (_lock)
            {
                return [.. _accounts.Values.Select(account => account.Report)];
            }
        }
    }

    /// <summary>The account of who opens a file, or null for an ordinary reader. Looks at <c>/proc</c>, and takes a caller that it cannot see for ordinary.</summary>
    internal ScannerAccount? AccountOf(in Caller caller)
    {
        var name = CallerProgram.NameOf(caller);
        var file = CallerProgram.FileOf(caller);
        if (NameIn(_denied, name, file) is { } denied)
        {
            return Account(denied, kind: null, ScannerState.Denied);
        }

        if (NameIn(_allowed, name, file) is { } allowed)
        {
            return Account(allowed, kind: null, ScannerState.Allowed);
        }

        if (Scanner(name, file) is { } own)
        {
            return Account(own.Name, own.Kind, ScannerState.Sampling);
        }

        var ancestor = CallerProgram.NameAndParentOf(caller).Parent;
        for (var generation = 0; generation < Generations && ancestor is { } process; generation++)
        {
            (name, ancestor) = CallerProgram.NameAndParentOf(process);
            if (ScanningPrograms.KindOf(name) is { } kind)
            {
                // What the user has said of a scanner goes for whoever reads for it; of a shell it goes for the shell alone.
                return _denied.Contain(name) ? Account(name!, kind: null, ScannerState.Denied)
                    : _allowed.Contain(name) ? Account(name!, kind: null, ScannerState.Allowed)
                    : Account(name!, kind, ScannerState.Sampling);
            }
        }

        return null;
    }

    private static string? NameIn(ProgramNames names, string? name, string? file) => names.Contain(file) ? file : names.Contain(name) ? name : null;

    /// <summary>The file's name first: it is whole.</summary>
    private static (string Name, ScannerKind Kind)? Scanner(string? name, string? file) =>
        ScanningPrograms.KindOf(file) is { } byFile ? (file!, byFile)
        : ScanningPrograms.KindOf(name) is { } byName ? (name!, byName)
        : null;

    private ScannerAccount Account(string program, ScannerKind? kind, ScannerState state)
    {
        lock (_lock)
        {
            if (_accounts.TryGetValue(program, out var account))
            {
                return account;
            }

            // Only names that are known or that the user gave: nobody can make the list long.
            account = new ScannerAccount(program, kind, state, _limits, _time, _log);
            _accounts.Add(program, account);
            Log.FirstSeen(_log, program, state);
            return account;
        }
    }
}
