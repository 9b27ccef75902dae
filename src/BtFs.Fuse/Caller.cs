namespace BtFs.Fuse;

/// <summary>The process on whose behalf the kernel asks.</summary>
/// <param name="UserId">Effective user id.</param>
/// <param name="GroupId">Effective group id.</param>
/// <param name="ThreadId">Thread id (<c>gettid(2)</c>), or 0 if it lives in a process namespace that is not ours.</param>
public readonly record struct Caller(uint UserId, uint GroupId, uint ThreadId);
