//! An SMTP server that keeps what it is sent.

#![expect(clippy::panic, reason = "a test that gets no server should stop there and say why")]

use mail_parser::MessageParser;
use mailin::{Action, Handler, Response, SessionBuilder, response};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex as AsyncMutex, mpsc};
use tokio::task::JoinHandle;

/// A message that arrived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mail {
    /// Who the envelope says it is from.
    pub from: String,
    /// Whom the envelope says it is for.
    pub to: Vec<String>,
    pub subject: String,
    pub text: String,
    pub html: String,
    /// As it came over the wire.
    pub raw: String,
}

/// How the server refuses a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 451: try again later.
    ForNow,
    /// 554: do not try again.
    ForGood,
    /// 550: there is no such address.
    NoSuchAddress,
}

/// Runs until it is dropped, on the runtime it was started on.
#[derive(Debug)]
pub struct MailServer {
    address: SocketAddr,
    state: Arc<State>,
    arrivals: AsyncMutex<mpsc::UnboundedReceiver<Mail>>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    refusals: Mutex<Vec<Refusal>>,
    arrived: mpsc::UnboundedSender<Mail>,
}

impl MailServer {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap_or_else(|error| panic!("no port for the mail server: {error}"));
        let address = listener.local_addr().unwrap_or_else(|error| panic!("no address: {error}"));
        let (arrived, arrivals) = mpsc::unbounded_channel();
        let state = Arc::new(State { refusals: Mutex::default(), arrived });
        let accepting = tokio::spawn(accept(listener, state.clone()));
        Self { address, state, arrivals: AsyncMutex::new(arrivals), accepting }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// As an SMTP client takes it: without TLS, without a password.
    pub fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// The next message, waiting for it to arrive.
    pub async fn next(&self) -> Mail {
        let mail = self.arrivals.lock().await.recv().await;
        mail.unwrap_or_else(|| panic!("the mail server ended"))
    }

    /// The messages that arrived and were not taken yet.
    pub async fn arrived(&self) -> Vec<Mail> {
        let mut arrivals = self.arrivals.lock().await;
        std::iter::from_fn(|| arrivals.try_recv().ok()).collect()
    }

    /// Refuses the next message; several calls, the next several.
    pub fn refuse_next(&self, refusal: Refusal) {
        self.state.refusals.lock().unwrap_or_else(PoisonError::into_inner).push(refusal);
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    while let Ok((stream, peer)) = listener.accept().await {
        let state = state.clone();
        tokio::spawn(async move {
            // A client that broke off sent nothing that counts.
            converse(stream, peer.ip(), state).await.ok();
        });
    }
}

async fn converse(stream: TcpStream, peer: IpAddr, state: Arc<State>) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut session =
        SessionBuilder::new("localhost").build(peer, Letter { state, mail: Mail::default(), raw: vec![] });
    stream.write_all(&session.greeting().buffer()?).await?;
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let answer = session.process(&line);
        line.clear();
        stream.write_all(&answer.buffer()?).await?;
        if matches!(answer.action, Action::Close | Action::UpgradeTls) {
            break;
        }
    }
    Ok(())
}

/// One message on its way in.
struct Letter {
    state: Arc<State>,
    mail: Mail,
    raw: Vec<u8>,
}

impl Handler for Letter {
    fn rcpt(&mut self, _to: &str) -> Response {
        let mut refusals = self.state.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        if refusals.first() == Some(&Refusal::NoSuchAddress) {
            refusals.remove(0);
            return response::NO_MAILBOX;
        }
        response::OK
    }

    fn data_start(&mut self, _domain: &str, from: &str, _is8bit: bool, to: &[String]) -> Response {
        let refusal = {
            let mut refusals = self.state.refusals.lock().unwrap_or_else(PoisonError::into_inner);
            if refusals.is_empty() { None } else { Some(refusals.remove(0)) }
        };
        match refusal {
            Some(Refusal::ForNow) => return response::INTERNAL_ERROR,
            Some(Refusal::ForGood) => return response::TRANSACTION_FAILED,
            Some(Refusal::NoSuchAddress) | None => {}
        }
        self.raw.clear();
        self.mail = Mail { from: from.to_owned(), to: to.to_vec(), ..Mail::default() };
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.raw.extend(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let mut mail = std::mem::take(&mut self.mail);
        if let Some(message) = MessageParser::default().parse(&self.raw) {
            let text = |found: Option<std::borrow::Cow<'_, str>>| found.unwrap_or_default().into_owned();
            mail.subject = message.subject().unwrap_or_default().into();
            mail.text = text(message.body_text(0));
            mail.html = text(message.body_html(0));
        }
        mail.raw = String::from_utf8_lossy(&self.raw).into_owned();
        // Nobody waits for it any more when the test is over.
        self.state.arrived.send(mail).ok();
        response::OK
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    const LETTER: &str = "Subject: =?utf-8?B?7ZmV7J24?=\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\n=EC=97=AC=EB=A6=84\r\n.. a dot\r\n";

    /// Says a whole conversation and returns the codes of the answers.
    async fn send(server: &MailServer) -> Vec<String> {
        let mut stream = TcpStream::connect(server.address()).await.unwrap();
        for words in
            ["EHLO here\r\n", "MAIL FROM:<us@example.org>\r\n", "RCPT TO:<you@example.org>\r\n", "DATA\r\n"]
        {
            stream.write_all(words.as_bytes()).await.unwrap();
        }
        stream.write_all(format!("{LETTER}.\r\nQUIT\r\n").as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said.lines().filter(|line| line.get(3..4) == Some(" ")).map(|line| line[..3].to_owned()).collect()
    }

    #[tokio::test]
    async fn what_is_sent_is_kept_and_read() {
        let server = MailServer::start().await;
        assert_eq!(send(&server).await, ["220", "250", "250", "250", "354", "250", "221"]);
        let mail = server.next().await;
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("us@example.org", &["you@example.org".to_owned()][..])
        );
        assert_eq!(mail.subject, "확인");
        assert!(mail.text.starts_with("여름"), "{}", mail.text);
        assert!(server.arrived().await.is_empty());
    }

    #[tokio::test]
    async fn a_message_can_be_refused() {
        let server = MailServer::start().await;
        server.refuse_next(Refusal::ForNow);
        server.refuse_next(Refusal::ForGood);
        assert_eq!(send(&server).await[4], "451");
        assert_eq!(send(&server).await[4], "554");
        assert_eq!(send(&server).await[4..6], ["354", "250"]);
        assert_eq!(server.arrived().await.len(), 1);
    }
}
