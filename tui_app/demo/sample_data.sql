-- The customers of an invented shop, messy in the ways of real tables. Everybody is invented: addresses are at
-- example.com and example.org or at domains and mailboxes that cannot exist, telephone numbers are from ranges that are
-- kept free for fiction (NANP 555-01xx; Ofcom 07700 900xxx).
--
-- Needs the variables `customers` (how many) and `today` (DATE). The same two give the same rows: chance is a digest of
-- the customer's number and of what the dice are thrown for.
--
-- Tables: customers · orders · predictions · consent, each with the columns of its file and in the order of its rows.

CREATE MACRO dice(n, purpose, sides) AS (md5_number_lower(n || ' ' || purpose) % sides)::INTEGER;
CREATE MACRO pick(words, n, purpose) AS words[1 + dice(n, purpose, len(words))];
-- "90 days ago" counts from today. Nothing happened close to such a limit, so a demo that runs over midnight still
-- finds everybody where they were.
CREATE MACRO days_ago(days) AS (
    getvariable('today') - (days + CASE WHEN (days + 2) % 30 < 4 OR days BETWEEN 363 AND 366 THEN 10 ELSE 0 END)
);

CREATE TABLE places AS
SELECT row_number() OVER () AS place, *
FROM (VALUES
    -- Country as the shop's tables have it: code, name, other code, everyday name, own language, nonsense.
    ('DE', 'Berlin', 'de', 'Europe/Berlin'),
    ('Germany', 'Köln', 'de', 'Europe/Berlin'),
    ('GB', 'London', 'en', 'Europe/London'),
    ('UK', 'Saint Helens', 'EN', 'London'),
    ('USA', 'New York', 'en', 'America/New_York'),
    ('United States', 'Chicago', 'en', 'Central Time (US & Canada)'),
    ('US', 'Los Angeles', 'es', 'america/los_angeles'),
    ('FRA', 'Saint-Étienne', 'fr', 'Europe/Paris'),
    ('France', 'Lyon', 'fr', 'Paris'),
    ('Japan', '東京', 'ja', 'Asia/Tokyo'),
    ('BR', 'São Paulo', 'pt', 'America/Sao_Paulo'),
    ('Ivory Coast', 'Abidjan', 'fr', 'Africa/Abidjan'),
    ('IN', 'मुंबई', 'hi', 'Asia/Kolkata'),
    ('PL', 'Łódź', 'pl', 'Europe/Warsaw'),
    ('The Netherlands', '''s-Hertogenbosch', 'nl', 'Europe/Amsterdam'),
    (NULL, NULL, NULL, NULL)
) AS known (country, city, language, time_zone);

-- Names that have broken somebody's program before, and one reason each why they are here.
CREATE TABLE curious AS
SELECT * FROM (VALUES
    (1, 'Ada "Countess"', 'Lovelace, Jr.'),                    -- quotes and a comma
    (2, '[bold]Bo[/bold]', 'Markup'),                           -- markup of terminal programs
    (3, chr(27) || '[31mRed' || chr(27) || '[0m', 'Escape'),    -- an escape sequence that would colour a terminal
    (4, '=1+1', '@SUM(A1:A9)'),                                 -- formulas of a spreadsheet
    (5, 'Zoë 🦊', 'Emoji'),
    (6, 'Robert''); DROP TABLE customers;--', 'Tables'),
    (7, repeat('Maximiliane-', 25), 'Long'),                    -- 300 characters; Braze keeps 255
    (8, chr(8238) || 'nairdA', 'Override'),                     -- turns the writing direction
    (9, 'Anna' || chr(10) || 'Maria', 'Two Lines'),
    (10, '<script>alert(1)</script>', 'Web'),
    (11, 'Jennifer', 'Null'),                                   -- a surname, not a missing value
    (12, 'محمد', 'علي'),                                        -- written from right to left
    (13, '\u0041\n', 'Backslash\')                              -- looks like an escape, is plain text
) AS known (n, given_name, surname);

CREATE TABLE people AS
SELECT
    n,
    lpad(n::VARCHAR, 8, '0') AS id,
    -- Some customers signed up by a form that lost or mangled the identifier; few, or a guard would refuse the plan.
    n BETWEEN 101 AND 108 AS has_bad_id,
    n BETWEEN 101 AND 108 OR n BETWEEN 201 AND 203 OR n <= 13 AS is_special,
    coalesce(curious.given_name, pick(
        ['Anna', 'Ben', 'Chloé', 'Daan', 'Elif', 'François', 'Grace', 'Hiroshi', 'Ines', 'José', 'Krzysztof', 'Łucja',
         'Maria', 'Nguyễn', 'Olu', 'Priya', 'Quentin', 'Ruth', 'Søren', 'Tomás', 'Uwe', 'Мария', '美咲', 'Zoë'],
        n, 'given name')) AS given_name,
    coalesce(curious.surname, pick(
        ['Abara', 'Bianchi', 'D’Angelo', 'Čapek', 'Dubois', 'Eriksson', 'Fischer', 'García Márquez', 'Haddad', 'Ito',
         'Jensen', 'Kowalski', 'López', 'Müller', 'Nowak', 'O''Brien', 'Petrova', 'Quinn', 'Rossi', 'Smith-Jones',
         'Türk', 'van der Berg', 'Wójcik', 'Yılmaz'],
        n, 'surname')) AS surname,
    1 + dice(n, 'place', 16) AS place,
    dice(n, 'email', 1000) AS email_luck,
    dice(n, 'phone', 100) AS phone_luck,
    dice(n, 'birthdate', 100) AS birthdate_luck,
    dice(n, 'locale', 1000) AS locale_luck,
    dice(n, 'number', 10000) AS number
FROM range(1, getvariable('customers') + 1) AS numbers (n)
LEFT JOIN curious USING (n);

CREATE TABLE customers AS
WITH once AS (
    SELECT
        n,
        CASE n
            WHEN 101 THEN NULL WHEN 102 THEN NULL WHEN 103 THEN '' WHEN 104 THEN '   ' WHEN 105 THEN 'null'
            WHEN 106 THEN 'undefined' WHEN 107 THEN repeat('x', 1000) WHEN 108 THEN id || chr(9)
            ELSE id
        END AS customer_id,
        CASE WHEN dice(n, 'no given name', 100) < 2 AND NOT is_special THEN NULL ELSE given_name END AS given_name,
        CASE WHEN dice(n, 'no surname', 100) < 2 AND NOT is_special THEN '' ELSE surname END AS surname,
        lower(regexp_replace(strip_accents(given_name || '.' || surname), '[^A-Za-z.]', '', 'g')) AS mailbox,
        CASE
            WHEN is_special THEN 'customer.' || n || '@example.com'
            WHEN email_luck < 30 THEN NULL
            WHEN email_luck < 40 THEN ''
            -- What Stoker withholds: no shape of an address.
            WHEN email_luck < 58 THEN pick(
                ['n/a', 'customer' || n || '@', '@example.com', 'customer' || n || '(at)example.com', 'c@@example.com',
                 'customer ' || n || '@example.org', 'customer' || n || '@example', 'c..' || n || '@example.com'],
                n, 'bad email')
            -- What only Braze refuses: Gmail has no names under 5 characters, and .example is no public domain.
            WHEN email_luck < 68 THEN 'x' || n % 1000 || '@gmail.com'
            WHEN email_luck < 78 THEN 'customer' || n || '@shop.example'
            WHEN email_luck < 120 THEN '  Customer.' || n || '@Example.COM '
            WHEN email_luck < 300 THEN 'customer+' || n || '@example.org'
            ELSE ltrim(mailbox || '.' || n, '.') || '@example.com'
        END AS email,
        CASE
            WHEN phone_luck < 12 THEN NULL
            WHEN phone_luck < 15 THEN pick(['n/a', 'unknown', '555-0199', '030/901820', '+49 (0)', '0'], n, 'bad phone')
            WHEN phone_luck < 35 THEN format('+1202555{:04d}', 100 + number % 100)
            WHEN phone_luck < 55 THEN format('(202) 555-{:04d}', 100 + number % 100)
            WHEN phone_luck < 65 THEN format('202.555.{:04d}', 100 + number % 100)
            WHEN phone_luck < 75 THEN format('1-202-555-{:04d}', 100 + number % 100)
            WHEN phone_luck < 98 THEN format('+44 7700 900{:03d}', number % 1000)
            -- A number without its country, as people in Britain write it.
            ELSE format('07700 900{:03d}', number % 1000)
        END AS phone,
        CASE
            WHEN dice(n, 'gender', 100) < 2 THEN pick(['male', 'W', '1', '?'], n, 'bad gender')
            ELSE pick(['M', 'F', 'm', 'f', 'F', 'M', 'O', 'P', 'N', NULL], n, 'gender')
        END AS gender,
        CASE
            WHEN birthdate_luck < 6 THEN NULL
            WHEN birthdate_luck < 9 THEN pick(
                ['1985-02-30', '31.12.1979', '0000-00-00', '7/4/1990', 'unknown', '1991'], n, 'bad birthdate')
            ELSE (DATE '1940-01-01' + dice(n, 'birthday', 24000))::VARCHAR
        END AS birthdate,
        CASE WHEN locale_luck < 12 THEN pick(['Atlantis', 'XX', 'Deutschland', '??'], n, 'bad country')
             ELSE country END AS country,
        city,
        CASE WHEN locale_luck BETWEEN 12 AND 24 THEN pick(['en-US', 'eng', 'deutsch'], n, 'bad language')
             ELSE language END AS language,
        CASE WHEN locale_luck BETWEEN 25 AND 37 THEN pick(['UTC+25', 'Mars/Olympus_Mons', 'MEZ'], n, 'bad time zone')
             ELSE time_zone END AS time_zone,
        CASE WHEN is_special THEN 'gold'
             ELSE pick(['gold', 'silver', 'silver', 'bronze', 'bronze', 'Bronze', NULL], n, 'tier') END AS tier,
        days_ago(CASE WHEN is_special THEN 10 ELSE dice(n, 'signed up', 1500) END) AS signed_up_on,
        CASE
            WHEN dice(n, 'note', 1000) < 5 THEN repeat('Called three times about the same parcel. ', 10)
            WHEN dice(n, 'note', 1000) < 60 THEN pick(
                ['prefers phone', 'VIP; call back', '"do not knock"', 'moved 2024 -> check address', '-', '=HYPERLINK("x")'],
                n, 'which note')
        END AS service_note
    FROM people JOIN places USING (place)
),
again AS (
    -- Imported twice, with other values: nobody can say which row is right.
    SELECT * REPLACE ('customer.' || n || '.new@example.org' AS email) FROM once WHERE n BETWEEN 201 AND 203
    UNION ALL
    SELECT * REPLACE ('bronze' AS tier) FROM once WHERE n = 203
)
SELECT * EXCLUDE (n, mailbox) FROM (FROM once UNION ALL FROM again) ORDER BY n, email, tier;

CREATE TABLE orders AS
SELECT
    format('{}-{:02d}', id, o) AS order_id,
    -- Some orders are of guests that no table of customers knows.
    CASE WHEN dice(n, o || ' guest', 200) = 0 THEN 'guest-' || id ELSE id END AS customer_id,
    days_ago(dice(n, o || ' ordered', 700) * dice(n, 'loyal', 10) // 9) AS ordered_on,
    CASE dice(n, o || ' amount', 100)
        WHEN 0 THEN NULL           -- not yet billed
        WHEN 1 THEN -19.90         -- a refund
        ELSE (500 + dice(n, o || ' cents', 24000)) / 100
    END::DECIMAL(10, 2) AS amount
FROM people, range(1, 1 + CASE WHEN has_bad_id THEN 0 ELSE dice(n, 'orders', 7) END) AS numbers (o)
ORDER BY ordered_on, order_id;

CREATE TABLE predictions AS
SELECT
    id AS customer_id,
    -- A model's output: noise at the end, and NaN where it had nothing to go by.
    CASE dice(n, 'prediction', 200)
        WHEN 0 THEN 'nan'::DOUBLE
        WHEN 1 THEN 'infinity'::DOUBLE
        WHEN 2 THEN NULL
        ELSE dice(n, 'value', 60000) / 100 + 0.1 + 0.2
    END AS predicted_value,
    (dice(n, 'risk', 1000000007) / 1000000007)::DECIMAL(20, 18) AS churn_risk
FROM people
WHERE NOT has_bad_id AND dice(n, 'predicted', 10) > 0
ORDER BY id;

CREATE TABLE consent AS
SELECT id AS customer_id, dice(n, 'opted out', 3) = 0 AS opted_out, days_ago(dice(n, 'asked', 400)) AS asked_on
FROM people
WHERE NOT is_special AND dice(n, 'asked', 4) = 0
ORDER BY id;
