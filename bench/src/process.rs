//! What the operating system says of the server's process (Linux alone).

use crate::Error;

/// User and system time so far, in seconds; zero without a process.
pub(crate) fn cpu_seconds(pid: Option<u32>) -> Result<f64, Error> {
    let Some(pid) = pid else { return Ok(0.0) };
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    // Fields 14 and 15 of proc(5), counted from the state, in ticks of 10 ms.
    let ticks = after_name.split(' ').skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}

/// Resident memory, in KiB.
pub(crate) fn resident_kib(pid: Option<u32>) -> Result<u64, Error> {
    let Some(pid) = pid else { return Ok(0) };
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    Ok(line.and_then(|line| line.split_whitespace().nth(1)).ok_or("no VmRSS")?.parse()?)
}

/// As [`cpu_seconds`], of `pid` and of all that stand below it.
pub(crate) fn tree_cpu_seconds(pid: u32) -> Result<f64, Error> {
    let mut sum = cpu_seconds(Some(pid))?;
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(child) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // Another process may be gone by now.
        let stat = std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        let after_name = stat.rsplit(") ").next().unwrap_or_default();
        if after_name.split(' ').nth(1) == Some(pid.to_string().as_str()) {
            sum += tree_cpu_seconds(child)?;
        }
    }
    Ok(sum)
}
