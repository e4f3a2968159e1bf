//! What people call the device that a browser names: `Chrome, Windows`.

/// A browser and a system, as far as the header says; a program that is no browser by its own name.
pub(super) fn device(user_agent: &str) -> Option<String> {
    let has = |word: &str| user_agent.contains(word);
    // Each of these also says that it is those below it.
    let browser = [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Whale/", "Whale"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]
    .into_iter()
    .find_map(|(word, name)| has(word).then_some(name));
    let system = [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]
    .into_iter()
    .find_map(|(word, name)| has(word).then_some(name));
    match (browser, system) {
        (Some(browser), Some(system)) => Some(format!("{browser}, {system}")),
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => {
            let name: String = user_agent.split(['/', ' ']).next()?.chars().take(40).collect();
            (!name.is_empty()).then_some(name)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::device;

    #[test]
    fn browsers_are_known_by_what_they_alone_say() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, name) in [
            (
                format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/150.0 Safari/537.36"),
                "Chrome, Windows",
            ),
            (
                format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/150.0 Safari/537.36 Edg/150.0"),
                "Edge, Windows",
            ),
            (
                format!(
                    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) {webkit} Version/19.0 Safari/604.1"
                ),
                "Safari, iPhone",
            ),
            (
                format!(
                    "Mozilla/5.0 (Linux; Android 16; SM-S931N) {webkit} SamsungBrowser/29.0 Chrome/136.0 Safari/537.36"
                ),
                "Samsung Internet, Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0".into(),
                "Firefox, Linux",
            ),
            ("curl/8.5.0".into(), "curl"),
        ] {
            assert_eq!(device(&agent).as_deref(), Some(name), "{agent}");
        }
        assert_eq!(device(""), None);
        assert_eq!(device(&"x".repeat(500)).map(|name| name.len()), Some(40));
    }
}
