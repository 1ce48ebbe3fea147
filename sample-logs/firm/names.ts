export const givenNames = (
  'Aisha Amelie Ananya Anders Anke Arjun Aylin Ben Bianca Carlos Chiara Chloe Daniel David Deepa Dirk Elena Emma Erik ' +
  'Fatima Felix Fiona Grace Hannah Hao Helen Hugo Ines Irina Isaac Ivan Jakob James Jana Jing Joao Jonas Julia Kai ' +
  'Karthik Katrin Kevin Kiran Lars Laura Lea Li Liam Linda Lucas Maria Marc Mei Mia Michael Nadia Naveen Nina Noah ' +
  'Olga Omar Oscar Paula Peter Pia Priya Rahul Rebecca Ravi Rosa Ruth Samuel Sara Sven Sofia Tanja Thomas Tim Tobias ' +
  'Uma Valentin Vera Victor Wei Wiebke Yara Yusuf Zoe'
).split(' ');

export const familyNames = (
  'Adler Almeida Andersson Banerjee Bauer Becker Bianchi Brandt Brown Carter Chan Chen Clark Costa Das Davies Diaz Dietz ' +
  'Edwards Engel Evans Fischer Foster Garcia Goh Gomez Green Gupta Haas Hansen Hartmann Hill Hoffmann Huber Iyer Jansen ' +
  'Johnson Kaiser Kaya Keller Khan Kim King Klein Koch Kowalski Kumar Lang Larsen Lee Lehmann Lim Lopez Martin Mehta ' +
  'Meyer Miller Moreau Moore Nair Nguyen Novak Olsen Ong Ortiz Park Patel Pereira Peters Reddy Richter Rossi Roth Sato ' +
  'Schmidt Schulz Sharma Silva Singh Smith Sommer Stein Tan Taylor Thompson Torres Vogel Wagner Walker Weber White Wolf ' +
  'Wong Wright Yilmaz Young Zhang Ziegler'
).split(' ');

const customerHeads = (
  'Alster Amber Argo Aurora Baltic Beacon Blue Cedar Civic Cobalt Coral Crown Delta Eastern Elbe Ember Evergreen Falcon ' +
  'Garnet Golden Granite Harbor Helio Horizon Iron Isar Jade Keystone Lakeside Lotus Lumen Maple Merlion Metro Nordic ' +
  'Northern Oak Ocean Onyx Orchid Pacific Pioneer Prairie Quartz Raffles Rhein Ridge River Sable Sierra Silver Solar ' +
  'Spree Summit Terra Tidal Union Vista Western Willow'
).split(' ');
const customerTails = (
  'Airlines Automotive Bank Biotech Chemicals Energy Foods Freight Grid Health Hotels Insurance Labs Logistics Machines ' +
  'Media Mobility Networks Pharma Ports Rail Retail Steel Telecom Textiles Utilities'
).split(' ');

/** The n-th customer's name; all differ up to some 1,500, and further ones carry a number. */
export function customerName(n: number): string {
  const head = customerHeads[n % customerHeads.length] ?? '';
  const tail = customerTails[(n * 7 + Math.floor(n / customerHeads.length)) % customerTails.length] ?? '';
  const round = Math.floor(n / (customerHeads.length * customerTails.length));
  return round === 0 ? `${head} ${tail}` : `${head} ${tail} ${round + 1}`;
}
