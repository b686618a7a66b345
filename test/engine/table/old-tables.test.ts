// Tables as they were written before blocks were stored dense: images at multiples of 4096 bytes. They are read as before, and a merge
// writes them anew.
import { brotliDecompressSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { loadXxh3 } from '../../../runtime/bytes/xxh3.js';
import { PageCache } from '../../../runtime/engine/cache/page-cache.js';
import { findBlocks, versionsIn } from '../../../runtime/engine/check/block-scan.js';
import { openTable } from '../../../runtime/engine/table/reader.js';
import { MemoryVfs } from '../../../runtime/vfs/memory.js';
import { expectSame, expectVersions, get, PATH, scan, TABLE, type Version, version } from './rig.js';

beforeAll(loadXxh3);

const VERSIONS: Version[] = Array.from({ length: 300 }, (_, i) =>
  version(`user${String(i >> 1).padStart(4, '0')}`, `value ${i}`, 1000 - i, i % 7 === 0),
);

/** Files of these versions, compressed with brotli, as base64. */
const FIXED = `
  G+EhsxEVbByBefhLQvyXyRvTH/gtdeuFecEl3fZB2EUqJHYkDkKC0CLJICEFnnZ80jEVD4fYvB4x2PF5b/OCAvxEKqeAvBRuu3faorVyq7p7HlmxBHQcRKFyKsKQXQ4QWU
  J7iSWmgZuWWBR4hJkFklAG77/dgXleLf0pP6SnQk3A7akx90vubUuukgzRREri19eoXNdIg4eHY/bWRTpKoLLWCf+tyQt4fMDXdAfP9/fPj9/MXsvuxmfewoOZvS/1+WMG
  YYxpgAFJYqEF1KTbBIeHnyDWGVVjTw+9TwzEcDSeTM/OfUY5gIjQDDt3sSDChGbmLhWACNMMO3e5AMKEZmavFIAIE4adu7oAxIRm2LlrABEmNDt3bQGICM2wc9cVRJjQzN
  xXVLmQStuOyy1KKG1sh12WkEobx+VWJaQ2tuNya0ilje1ymxJSGdtxue2SShvb4XZKSKVtx+V2SyhtbIfdKyGVNo47d8sqIbWxHZdbQCptbJdb1ge8vD+ebqhvWaFYKleq
  a2rjTqhCsVSuVNfUxp1YhWKpXKmuqY07qQrFUrlSXVMbd3IViqVypbqmNu6UKhRL5Up1TW3cqatQLJUr1TW1caepQrFUrlTX1MadtgrFUrlSXVMbd7oqFEvlSnVN7Yv3Ml
  QViqVypbqmNm5Rf/ef6UmTOAoD33Md2zINXVMVWRIFnmMZmiLvt+vlfDoe9rvtZr1a5lmaxFEY+J7r2JZp6JqqyJIo8BzL0BRJ4BiKwBAILOaz6WQ8Gg76vW6n3WqqXi0X
  89l0Mh4NB/1et9NuNRv1WrVSLhUL+Vw2k04lE/FYNBIOBQN+n9fjdjkddpvVYjYZDXqdNrqdjkXUy8tlUolYJBTweVwOm8XUfj5TQM9E0DMd9F9TKORUdbCwcUPkSaiZuY
  WlIwHK2sbWdoAYAILAEFg6xgl4klgilSlewOUHSORRCqPACAwIQMERNAKCABSBBGSgABVoCBpQBwAQEGAgCHagJY54QoKFKLiBKky48ANeMh/mlkppRAYFpOgYOpJmACOY
  wAwWhAVYBRvYQYAEhXABMxhyzQu/1MOzWMCSE2/+okRSLpQqsRC+UOIUOYmXBEuMpEqelEfleIN0CiS0KOJGW/FMDvIUWRxJo9t4J7t85b8oaVmsrSbKVonaqbv6x/5EhC
  ZqlhZrjbbGrUSf4iqoqZFu4sPEVX9qaKiVzvFL4tHfqlZk1WaZWJrArMzZvC3EYpNYMs3yrcIarcvgZJhkTDXPcjvaK8mSirmWWW+H/ZLvpJctuHJn6jhOmkqdvfNwAQ5g
  fqUBB8yy4BMIbr9bRwo25pCSXN3eEMrYjsutSiptbIdbl5BK247LbUoobWyH3S4hlTaOy+2UkNrYjsvtQiptbJfbKyGVsR33D3kAwD08PaW/h7JYKleqa2rjTqxCsVSuVN
  fUxp1UhWKpXKmuqY07uQrFUrlSXVPr/U4Uyb9jrqagGToeE4eAkok7AiAiq6ZvYRNtcI4gssS2cQRu/kyR2hKv4OUPMlGMGjACBoSwhgt8EIq4IA6lowCVaEI3kGAEsdDg
  Y4kT3sEppMJDjgEn/sEPBOazgmbkUhbK6ECagYwiwN9pGHDAKgnGIBLYvl/P1zhc9yNde8Pfd7EjYztx2NEOiLH4RgWq5vSY8SRh0Vpz1Xk8tc70wN8SKZkzWac3rqFl9Y
  57067NF8zeXqAx0/Z97mhsNkVSm1DfFZg7lun0eScpX6e7Q3xO6E3NY6zqffRgy7ieF49Fbcp3+tTE4/0fWC8X/yGB0QU0fMvzFvFBfd/uU7Ne9FLrPcIuvy14nQtLX3Y+
  w4D0WxG0k+pTuOwhe8E1yvxLzv2Hbb1JMQW3b5vm5hJF7sHIwy9V2rWr6O2H+Joqm7tI3pktn/m8+ZhptHXLjaWTz45+0Wivo6yXfTt0Jq0bZRz2ivPW2+82cU7i78jqHt
  8tdxxm15+4S2JZZgfc3Ofka2+o4h2tH4xrGOonXpW2ti1s3Tz7xYn7X4nuanjbKJ0eGRjhOmL4Ci+DyVkbXnfVCX3rM6K+Y8Pz7FjtHlcCdXjWU71OxKv88PNGN9SPbJ1e
  vZ8YY97f9BnlALm6nJ/BCL8hT0ny9rK2Ht0sZiV3+l1+IZWW76/0OLw7+yqUeAIAvEZuBHqALiCJ3fOBb216NTrSx+vLRw==
`;
const VARYING = `
  G+EhMwPBxgEB8ToM8X9IboxpHgD5BDhiwqk+U3de02Dv2zfkfb/j3b/eYxJXALECoYCoJKuCiiG6LRm64zhCks6/H0c9f53hLCSoLsBL9nQ2IpGhrY7E2OTrNrRLg2AbGK
  czcCFJ6W9/YhOaFOEEsz0kp39qbhuSPGniOt1VH7FG6aKVFmkMjNMx9EWJZ30r4kiV9v6B01WA0Tsa9XVUHODnMJBnlmat9/Z/55zFbXtImJ5jkkiaoXdaozbVAOCB5xj5
  L6pBI5O6np8m6FknH0ZuExluNk+/775erfvOVM2yC3+R2zYf7dUsXVn7ZVkxvlm4v/WzGfyoAcnxgELYAphOBASLEEuc98kxS+tkBtWJvgF/UcfZ7+03OP6rAF8RhylFE0
  4tmQjTm3gocpNc4YlAhyh6snSHGPaym2EM9FPqNdW+3ofwZMHnnexIywAp2YiKB3s8qRo3ybUeBUavMBtxJr3cA9zTNkPlGAlSwpGAY+cSYCUcAVHxlDV4Rc/cGEtXeZpA
  hyjSJUuGOkWhICpMJEDRMRu5Emfji1JPe80kWTVVbkhNS9vtBbJEi+np1ZQzdOW36ZsVLwFR5FFZOUOlUqV5N7s3BDo6uuFmKPX0uov9t7sPJfQbPR0wJISMnb1TlDeagD
  UnxWnu4cW0MMTu51hgZJUtsfLI2kn9oPMIfAkwJISMiZHjCUwxg+m8BiWHesHYSgaJq2DPtjW1lywWFHy5Dy22sC1cpSLT18utPXOKIqZnbkvtIYeDBKJm4XA4nCEzofY1
  RnyWyxktVZGRLTHxyDb2joeXl7fbDBzWattdsYV45Hqp9wh9CTh1ch5UGBIjpmSw5q6O5uYeMTN+uMmN1dxHnLjKvqwXch3JI/fHfWG8dfj4lR0M4DnXODZdTOnk0dDPXM
  ot3/riIyGuMkW2bIkV07OreXhrxaXWAUPCItM/ghbPmCKVR9bMldMUrUUudctQe8hiQYFscxTNlGtwTmetoPLEFBnhiHM6qL1js5FA0AwczsfEbO02Uy9+Ota3YkaUluJ6
  QsiYGDmewIQ139TU5r8EzVDCiAE9OjRUFGQkRAT8v/e5r/PYt3WZp3Hoj4f9brtZr5YLQ9dURZZEgedYhqZIAsdQBIbms+lkPBoO+r1upw22ppPxaDjo97qddqvZqNeqlX
  KpWMjnspl0KpmIx6KRcCgY8Pu8HrfL6bDbrJbfn++vz4/3t9eX56dH2uGg3+t22q1mo16rVsqlYiGfy2bSqWQiHotGwqFgwO/zetwup8Nus1rMJqNBr9Nq1CqlQi6TSsQi
  4f9/f//8vu7EIt6vnz++K1QiFgkFfB6Xw2YxEQZMp1EpZBKRgMdhMWiUFpprJokCzzFKMIKA9UhAW1ggVanXE8DCJ6miD6x3ALzymib2EDFiwIDO/4iAdijIRKMBPZiAHo
  xhMbMK+wjQhVEsYjdzFbhFDCXc4hN9VgS1JwGpyUZB0mWlk4fiVKIeAXJn9YOK1KYZHYkkJUunI31IuCV3YWk2ns3s4wz2cJxL2dU84BW7OcZF7mQvg1cMMcsGPxlygiAt
  pKsoxCohMeZkS0jy0pGluCWRMw3pylIg4WQp15xfIW2p3VSpNg3nxtWmSa3oQNfqzR2AZrShEz0oqWruQq/apM2sp6nMliewqJnNb2mr2zivEWa3sOWtbXPD80hT7WAfU9
  facfPhTuMcLuJMzudS+ZVu4FbO4xKu6kb5W/CzY93S3Rz4mILWnufV3ucTvd2HC8p9yfc88F6f9s2CJcTG4171J28JzQtbBU5QBEsIBF1wFeaFZKiGUbCEYMgVLiLHYR+I
  oIR9eBf+BRfbRn5UR3sMF8WiJcZjKfYiiO6iPlQq1uIo7iIe5SItHuM3WuqcJMlQzEqBpE+elEy1NC5uQjsTAPB9AQARHEQBICaAABC8nF/TAv1pll/4reX6lg6TCda3UQ
  +4C25WeQKH68DqGdvfkBAyFhtf5dbrxHFvpR6wB+wBb8HLKvMhC16GJ3C4f1ULAK5aNPi/DE1PWrd3Td0/d2TsXsB50rK7qXPbEGrXgJ97dM/OysxIfwFOfhlOfjHOPziQ
  hEhk60JoWARkNEzWmwEucRVDF4gdCbCG7oCAaOyEkkwcmtGPyehECPBjDgARzAZAkAdBYKZr4iT2JbH70uj7wEuLjMw446xy6ALHi473YGt3S7Q/uzjetZmyiIgPstDPg2
  EcWJbIHuiF3jvP6HOd2u72B5gf1hT/eyfdPfnDYEM9GR1+vykz8jfU5kCenTLvgbIi0Cvfbp+kUznPz4nDI86nCguSn1/kj/o/ZYLxBOd5p35m/MdeOr7aE5q13fDIekx7
  EnxF55KXzCWZ5Gtz21H61NA9CG3iX5EOP0uOP0435a5b+tYIHPSo5vZ+ztegt9osVnwiSK+Yt70g71zZyPtvxUtJp3D6+Ejz8da9xYjO+YU7mgzS0touwXXlhqbkqmTJge
  HfmaqU5uT5xB09exct33aO1N726mv2qTJy2K/4IaUzcu6Hh60WNJzo+Zks/S8ypoNu3H/mLO6vVsx6DW7C08ajb1l2DrxTbmOX409brCu3HgKAeABeT/UyAIQjPj/Ycu79
  VXFFXe/rPxiosxGOCK/L+Y1AVEavgOBwkUh1wImWCPICjRLygMcfrXjktf3CGVDeARA8ilQBEFQDpUAgsHF/PT+6NZK9urnxLx8B
`;

test.each([
  { name: 'fixed keys', keySize: 8, file: FIXED },
  { name: 'keys that vary', keySize: null, file: VARYING },
])('$name', ({ keySize, file }) => {
  const vfs = new MemoryVfs();
  const bytes = brotliDecompressSync(Buffer.from(file, 'base64'));
  vfs.open(PATH, 'create').write(bytes, 0, bytes.length, 0);
  const table = openTable(vfs, PATH, TABLE, new PageCache(1 << 20));
  expectVersions(scan(table), VERSIONS);
  for (const each of VERSIONS) expectSame(get(table, each.key, each.sequence), each.deleted ? 'deleted' : each.value);
  table.verify();
  table.close();
  const found = [...findBlocks(vfs, PATH)].flatMap((block) => [...versionsIn(block, keySize)]);
  expect(found.map(({ key, sequence }) => [key, sequence])).toEqual(
    VERSIONS.map(({ key, sequence }) => [key, sequence]),
  );
});
